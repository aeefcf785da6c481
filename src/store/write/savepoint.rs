//! Doing in the middle of a transaction what may fail, so that the rest of it goes on.

use super::writer::Writer;
use crate::database::Statement;
use crate::error::{Error, Problem, Result};

impl Writer<'_> {
    /// Does something in a savepoint: a problem takes it back and is the answer; an error of the database ends the transaction.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<Result<T, Box<Problem>>> {
        match self.savepoint(work)? {
            Ok(done) => Ok(Ok(done)),
            Err(Error::Problem(problem)) => Ok(Err(problem)),
            Err(error) => Err(error),
        }
    }

    /// Does something in a savepoint: whatever fails is taken back, with what it would have warned of, and the error is the answer.
    pub(in crate::store) fn savepoint<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<Result<T>> {
        Statement::new("SAVEPOINT attempt").execute(self.connection)?;
        let (touched, warned) = (self.touched.len(), self.warnings.len());
        let outcome = self.complete(work);
        if outcome.is_err() {
            self.connection.discard();
            let back = Statement::new("ROLLBACK TO SAVEPOINT attempt").execute(self.connection);
            if back.is_err() {
                // The transaction is lost: why it failed at first says more.
                return outcome.map(Ok);
            }
            self.touched.truncate(touched);
            self.lookups.forget();
            self.warnings.truncate(warned);
        }
        Statement::new("RELEASE SAVEPOINT attempt").execute(self.connection)?;
        Ok(outcome)
    }
}
