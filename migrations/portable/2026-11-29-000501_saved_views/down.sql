DROP TABLE translations;
DROP TABLE saved_views;
