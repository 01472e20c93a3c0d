/** Name of the report in the folder of its run. */
export const REPORT_FILE = "report.html";
