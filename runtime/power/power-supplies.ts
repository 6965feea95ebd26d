/** What feeds the board, as a port. */

export interface PowerReading {
	/** Undefined where nothing says so. */
	readonly hasMains: boolean | undefined;
	/** Undefined where there is no battery. */
	readonly battery: BatteryReading | undefined;
}

export interface BatteryReading {
	/** 0 to 100. */
	readonly percent: number | undefined;
	/** Until it is empty, as the battery itself says or as fast as it is being emptied now. */
	readonly secondsLeft: number | undefined;
}

export interface PowerSupplies {
	/** Errors: `io`; nothing is known then. */
	read(): Promise<PowerReading>;
}
