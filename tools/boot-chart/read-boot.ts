/** What a box says of its last start, over USP. */
import { type BootPhase, type BootStage, bootStages } from '../../firmware/agent/ports.ts';
import type { Controller } from '../controller/controller.ts';

const path = 'Device.X_MULLION_Boot.Phase.';

export async function readBoot(box: Controller): Promise<BootPhase[]> {
	return Object.values(await box.get([path])).flatMap(({ Stage = '', Name = '', Start, End }) =>
		isStage(Stage) ? [{ stage: Stage, name: Name, startMs: Number(Start), endMs: Number(End) }] : [],
	);
}

function isStage(stage: string): stage is BootStage {
	return (bootStages as readonly string[]).includes(stage);
}
