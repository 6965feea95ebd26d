/** The rig of the story: a thrifty cellular network, a Wi-Fi that comes and goes, and the box between them. */

import type { StageNetwork } from '../../start/stage.ts';
import { type Rig, startRig } from '../link/rig.ts';

export const cellular = 'cell0';
export const wifi = 'wlan0';

export function startStoryRig(): Promise<Rig> {
	return startRig({
		networks: [
			{ id: cellular, rateKbps: 300, delayMs: 75, jitterMs: 10, queueBytes: 20_000 },
			{ id: wifi, rateKbps: 20_000, delayMs: 6 },
		],
	});
}

/** As the box and the content server know them; the kernel counts each interface. */
export function storyNetworks(rig: Rig): readonly [StageNetwork, StageNetwork] {
	const place = (id: string) => ({ id, device: id, localAddress: rig.address('box', id) });
	const path = { host: rig.serviceAddress };
	return [
		{
			box: { ...place(cellular), kind: 'lte', nominalKbps: 300, costPerMb: 0.05 },
			path,
			signalDbm: -95,
		},
		{ box: { ...place(wifi), kind: 'wifi', nominalKbps: 20_000, costPerMb: 0 }, path, signalDbm: -52 },
	];
}
