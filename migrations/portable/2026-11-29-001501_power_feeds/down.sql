DROP TABLE power_feeds;
