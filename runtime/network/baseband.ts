/** One network the box can use, as it is now and since when. */
import type { RangeClass } from './range.ts';

export interface Baseband {
	/** Its name on this box, for example `wifi0`. */
	readonly id: string;
	/** `lte`, `gsm`, `wifi`, `ethernet`, `bluetooth` ... */
	readonly kind: string;
	readonly range: RangeClass;
	readonly isUp: boolean;
	/** Absent where the network has no such thing, or has not said. */
	readonly signalDbm?: number;
	/** What transfers really got, kbit/s; absent until one was big enough to tell. */
	readonly speedKbps?: number;
	/** What the network promises, kbit/s. */
	readonly nominalKbps?: number;
	/** In the operator's unit of money for each megabyte. */
	readonly costPerMb: number;
	/** The box's own address on this network: what its sockets are bound to. */
	readonly localAddress?: string;
	/** Host name -> `address:port` on this network, for names that are not in its DNS. */
	readonly hosts: Readonly<Record<string, string>>;
	/** Microseconds since the epoch; absent while it is down. */
	readonly upSinceUs?: number;
	/** Up, and with enough signal without a break, since then; absent while it is not. */
	readonly signalOkSinceUs?: number;
	/** Said to be up, but since then nothing comes over it; absent as soon as something does. */
	readonly silentSinceUs?: number;
}

/** What is known of its speed: measured if it was, promised otherwise. */
export function speedOf(baseband: Baseband): number | undefined {
	return baseband.speedKbps ?? baseband.nominalKbps;
}
