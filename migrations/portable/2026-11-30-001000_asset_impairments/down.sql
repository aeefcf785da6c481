DROP TABLE asset_impairments;
