/** From a box without power to a session that plays. */
import { publishPlayer } from './player.ts';
import { SessionWatch, sessionObject } from './session-watch.ts';
import type { Stage } from './stage.ts';

export interface Opening {
	/** Name of the session. */
	readonly id: string;
	/** Its path in the data model. */
	readonly path: string;
	readonly watch: SessionWatch;
	readonly installMs: Readonly<Record<string, number>>;
}

export async function openSession(stage: Stage, tell: (text: string) => void): Promise<Opening> {
	await stage.powerOn();
	tell('the box has booted and speaks to the headend');
	const installMs = await publishPlayer(stage, tell);
	const watch = await SessionWatch.listen(stage, tell);
	const { Session: id = '', SessionRef: path = '' } = await stage.operator.operate(
		`${sessionObject}Open()`,
		{ Kind: 'media', Url: stage.mediaUrl },
		{ isSync: true },
	);
	tell(`session ${id} is open`);
	return { id, path, watch, installMs };
}
