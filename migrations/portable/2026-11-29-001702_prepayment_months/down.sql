DROP TABLE prepayment_months;
