DROP TABLE labor_rates;
DROP TABLE one_on_ones;
DROP TABLE role_profiles;
