/** Watches the box's networks: the port behind which netlink, a modem or a simulation sits. */
export interface BasebandMonitor {
	/**
	 * Calls `onChange` with every network of the box, soon after the call and after each change.
	 * A network that is missing from a report is gone.
	 */
	watch(onChange: (reports: readonly BasebandReport[]) => void): BasebandWatch;
}

export interface BasebandWatch {
	/** No report comes after this. */
	close(): void;
}

/** What the hardware says of one network; measured figures and histories are not its business. */
export interface BasebandReport {
	readonly id: string;
	readonly kind: string;
	readonly isUp: boolean;
	/** How far it reaches, where that is known. */
	readonly rangeMetres?: number;
	readonly signalDbm?: number;
	readonly nominalKbps?: number;
	/** Default 0. */
	readonly costPerMb?: number;
	readonly localAddress?: string;
	readonly hosts?: Readonly<Record<string, string>>;
}
