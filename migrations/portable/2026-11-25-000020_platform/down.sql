DROP TABLE conflicts;
DROP TABLE calendars;
