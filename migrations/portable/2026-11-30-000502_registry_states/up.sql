-- What is down already is found by its state, without a look at the records that stand.
CREATE INDEX registry_state_idx ON registry (collection, state);
