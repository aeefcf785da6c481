UPDATE revisions SET position = NULL;
