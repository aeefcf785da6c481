DROP INDEX registry_state_idx;
