/** Where every failed assertion and thrown error of a guest ends: a line in the log, then a trap. */
import { Level, write } from "./wit/log";

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
	const what = message === null ? "aborted" : message;
	const where = file === null ? "" : " at " + file + ":" + line.toString() + ":" + column.toString();
	write(Level.Error, what + where);
	unreachable();
}
