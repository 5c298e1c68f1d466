"""Items in the formats that other systems speak: GIFT, Moodle XML, Aiken, workbooks and QTI 2.1."""
