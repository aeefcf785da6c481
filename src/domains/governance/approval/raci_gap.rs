//! The gaps in the responsibilities for a record: somebody must be accountable, and somebody responsible.

use super::responsibility::RaciRole;
use steward_core::choice;

choice! {
    /// Gap in the responsibilities for a record.
    pub enum RaciGap {
        /// Nobody is accountable for the record.
        NobodyAccountable = "nobody_accountable",
        /// Nobody is responsible for the work.
        NobodyResponsible = "nobody_responsible",
    }
}

/// The gaps of a record whose holders have some roles.
pub fn gaps(roles: &[RaciRole]) -> Vec<RaciGap> {
    let lacks = |role: RaciRole, gap: RaciGap| (!roles.contains(&role)).then_some(gap);
    [lacks(RaciRole::Accountable, RaciGap::NobodyAccountable), lacks(RaciRole::Responsible, RaciGap::NobodyResponsible)].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_needs_one_who_answers_for_it_and_one_who_does_the_work() {
        assert_eq!(gaps(&[RaciRole::Accountable, RaciRole::Responsible, RaciRole::Responsible]), []);
        assert_eq!(gaps(&[RaciRole::Responsible, RaciRole::Informed]), [RaciGap::NobodyAccountable]);
        assert_eq!(gaps(&[RaciRole::Consulted]), [RaciGap::NobodyAccountable, RaciGap::NobodyResponsible]);
    }
}
