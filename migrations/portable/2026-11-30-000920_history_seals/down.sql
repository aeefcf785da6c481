DROP TABLE history_seals;
