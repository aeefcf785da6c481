DROP TABLE vendor_contacts;
DROP TABLE vendors;
