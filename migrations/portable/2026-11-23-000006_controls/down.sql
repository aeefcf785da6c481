DROP TABLE control_tests;
DROP TABLE applicability_statements;
DROP TABLE control_requirements;
DROP TABLE controls;
