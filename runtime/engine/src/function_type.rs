// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A type of functions, which nearly everything is of: it is compared, hashed and copied with
//! every message, by every shard.
//!
//! So its names are there once. The first types that a program meets are kept for as long as
//! it runs, and a copy of one is a pointer: shards that count the copies of one thing take
//! turns at the counter. Types beyond those, which only messages from outside can name in
//! such numbers, are counted, and go.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use foldhash::fast::RandomState;

use crate::{Address, AddressError};

/// How many types are kept for as long as the program runs.
const MOST_KEPT: usize = 4096;
/// The longest that the names of such a type may be together, in bytes.
const MOST_KEPT_BYTES: usize = 512;

/// A type of functions: `example/greeter`.
#[derive(Clone)]
pub struct FunctionType(Names);

/// The names of a type of functions.
pub struct TypeNames {
    /// `example`.
    pub namespace: Arc<str>,
    /// `greeter`.
    pub name: Arc<str>,
    hash: u64,
}

#[derive(Clone)]
enum Names {
    Kept(&'static TypeNames),
    Counted(Arc<TypeNames>),
}

type KeptTypes = HashMap<(&'static str, &'static str), &'static TypeNames, RandomState>;

static KEPT: LazyLock<RwLock<KeptTypes>> = LazyLock::new(RwLock::default);
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);

impl FunctionType {
    /// The type with these names.
    pub fn new(namespace: &str, name: &str) -> Self {
        let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner).get(&(namespace, name)).copied();
        kept.map_or_else(|| Self::meet(namespace, name), |names| Self(Names::Kept(names)))
    }

    /// A type that is not kept yet.
    fn meet(namespace: &str, name: &str) -> Self {
        let hash = HASHER.hash_one((namespace, name));
        let names = TypeNames { namespace: namespace.into(), name: name.into(), hash };
        if namespace.len() + name.len() > MOST_KEPT_BYTES {
            return Self(Names::Counted(Arc::new(names)));
        }
        let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = kept.get(&(namespace, name)) {
            return Self(Names::Kept(names));
        }
        if kept.len() >= MOST_KEPT {
            return Self(Names::Counted(Arc::new(names)));
        }
        let names: &'static TypeNames = Box::leak(Box::new(names));
        kept.insert((&names.namespace, &names.name), names);
        Self(Names::Kept(names))
    }

    /// The type in `namespace/name`; the name is what follows the last slash.
    ///
    /// # Errors
    /// When one of the two is missing.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        match text.rsplit_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => Ok(Self::new(namespace, name)),
            _ => Err(AddressError::NoType(text.to_owned())),
        }
    }

    /// The instance with this id.
    pub fn instance(&self, id: &str) -> Address {
        Address { function: self.clone(), id: id.into() }
    }
}

impl Deref for FunctionType {
    type Target = TypeNames;

    fn deref(&self) -> &TypeNames {
        match &self.0 {
            Names::Kept(names) => names,
            Names::Counted(names) => names,
        }
    }
}

impl PartialEq for FunctionType {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Names::Kept(one), Names::Kept(two)) => std::ptr::eq(*one, *two),
            // What is kept was not always: one of the same names may be older.
            _ => self.hash == other.hash && self.namespace == other.namespace && self.name == other.name,
        }
    }
}

impl Eq for FunctionType {}

impl Hash for FunctionType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for FunctionType {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FunctionType {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.namespace, &self.name).cmp(&(&other.namespace, &other.name))
    }
}

impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl fmt::Debug for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_split_at_its_last_slash() {
        let function = FunctionType::parse("com.example/sub/greeter").unwrap();
        assert_eq!((&*function.namespace, &*function.name), ("com.example/sub", "greeter"));
        for wrong in ["", "greeter", "/greeter", "example/"] {
            assert_eq!(FunctionType::parse(wrong), Err(AddressError::NoType(wrong.to_owned())));
        }
    }

    #[test]
    fn a_type_is_the_same_whether_it_is_kept_or_not() {
        let long = "n".repeat(MOST_KEPT_BYTES);
        for names in [("kept", "one"), (&long, "counted")] {
            let (one, two) = (FunctionType::new(names.0, names.1), FunctionType::new(names.0, names.1));
            assert_eq!(one, two);
            assert_eq!(HASHER.hash_one(&one), HASHER.hash_one(&two));
            assert_eq!(one.cmp(&two), Ordering::Equal);
            assert_ne!(one, FunctionType::new(names.0, "other"));
        }
        assert!(FunctionType::new("a", "z") < FunctionType::new("b", "a"));
    }
}
