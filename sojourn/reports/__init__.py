"""Reports: one kind of question in each file, with one value `REPORT`. See `report.py`."""
