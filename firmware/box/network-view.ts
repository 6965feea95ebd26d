/** The networks of the box with what went over each of them. */

import { speedOf } from '../../runtime/network/baseband.ts';
import type { BasebandTable } from '../../runtime/network/baseband-table.ts';
import type { Meter } from '../../runtime/network/meter.ts';
import type { NetworkView } from '../agent/ports.ts';

export function networkView(table: BasebandTable, meter: Meter): NetworkView {
	return {
		count: () => meter.settle().catch(() => undefined),
		list: () =>
			table.basebands().map((baseband) => {
				const { payload, wire, isWireKnown } = meter.total(baseband.id);
				return {
					id: baseband.id,
					kind: baseband.kind,
					range: baseband.range,
					isUp: baseband.isUp,
					signalDbm: baseband.signalDbm ?? 0,
					speedKbps: Math.round(speedOf(baseband) ?? 0),
					costPerMb: baseband.costPerMb,
					bytesIn: payload.bytesDown,
					bytesOut: payload.bytesUp,
					...(isWireKnown && { wireBytesIn: wire.bytesDown, wireBytesOut: wire.bytesUp }),
				};
			}),
	};
}
