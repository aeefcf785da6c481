//! Nothing: its dependencies name the features with which libraries are compiled.
