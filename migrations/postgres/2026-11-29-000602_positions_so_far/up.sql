-- What was written before is numbered by the service, as what is written from now on.
SELECT 1;
