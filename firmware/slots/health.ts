/** Whether the box does what it is there for, as a port. */
export interface Health {
	/**
	 * What is wrong at this moment, nothing if all is well: whether the modules that are essential run, the
	 * cells answer, the cloud can be reached. Each is named by lower-case letters, digits and `-`, and a
	 * problem has the same name each time.
	 */
	check(signal: AbortSignal): Promise<readonly string[]>;
}
