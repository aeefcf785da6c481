DROP TABLE mails;
DROP TABLE mail_digests;
