//! The collections that a figure reads, said by their types.

use crate::resource::Resource;
use steward_schema::Described;

/// A collection that a figure reads.
pub trait Read {
    /// What it declares.
    const COLLECTION: Collection;
}

/// A collection as a figure declares it.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    /// Its path, `domain/collection`.
    pub path: &'static str,
    /// Its name in permissions, which is that of its table.
    pub name: &'static str,
    /// False if the figure leaves it out for a caller who may not read it.
    pub required: bool,
}

impl Collection {
    const fn of<R: Resource>(required: bool) -> Self {
        Collection { path: R::PATH, name: R::Table::NAME, required }
    }

    /// The permission to read it.
    pub fn permission(&self) -> String {
        let domain = self.path.split_once('/').map_or(self.path, |(domain, _)| domain);
        format!("{domain}.{}:read", self.name)
    }
}

impl<R: Resource> Read for R {
    const COLLECTION: Collection = Collection::of::<R>(true);
}

/// A collection that counts only for a caller who may read it; the answer says that it is partial otherwise.
#[derive(Debug)]
pub struct IfPermitted<R>(std::marker::PhantomData<R>);

impl<R: Resource> Read for IfPermitted<R> {
    const COLLECTION: Collection = Collection::of::<R>(false);
}

/// A tuple of collections.
pub trait Reads {
    /// All of them, in order.
    const ALL: &'static [Collection];
    /// Their paths.
    const PATHS: &'static [&'static str];
}

macro_rules! tuple {
    ($($Each:ident)*) => {
        impl<$($Each: Read),*> Reads for ($($Each,)*) {
            const ALL: &'static [Collection] = &[$($Each::COLLECTION),*];
            const PATHS: &'static [&'static str] = &[$($Each::COLLECTION.path),*];
        }
    };
}

tuple!();
tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);
tuple!(A B C D E F G H I);
tuple!(A B C D E F G H I J);
