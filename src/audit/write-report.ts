/**
 * Makes `report.html` of a finished run. Charts are loaded when they are drawn: that takes a second of processor time,
 * which audits and their workers can do without at their start.
 *
 * @returns path of the report
 * @throws GuardError `invalid_config` where the folder holds no finished run or its files cannot be read
 */
export async function writeReport(dir: string): Promise<string> {
  const report = await import("./report/write-report.js");
  return report.writeReport(dir);
}
