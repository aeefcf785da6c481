DROP TABLE deferred_moves;
DROP TABLE calendar_feeds;
