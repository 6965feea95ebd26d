/** The main job, told once: push a player, play, meet a better network, lose it again, and lose nothing. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import { type BuiltModule, buildModule } from '../build/component.ts';
import type { Told } from '../controller/controller.ts';
import { moduleTarget } from '../headend/repository/module-target.ts';
import { walkMpegAudio } from '../media/mpeg-audio.ts';
import { type Report, reportOf } from './report.ts';
import type { Stage } from './stage.ts';

export interface StoryOptions {
	readonly stage: Stage;
	readonly media: string;
	/** What happens, as a person would tell it. */
	readonly tell: (text: string) => void;
	readonly show: (sample: BoxSample) => void;
	/** Shares of the media at which the better network appears and goes again. Default 0.2 and 0.5. */
	readonly better?: { readonly from: number; readonly to: number };
	/** Milliseconds between two looks at the box. Default 200. */
	readonly lookMs?: number;
}

const session = 'Device.X_MULLION_Session.';
const playerSource = fileURLToPath(new URL('../../modules/player', import.meta.url));

export async function tellStory(options: StoryOptions): Promise<Report> {
	const { stage, media, tell, show, better = { from: 0.2, to: 0.5 }, lookMs = 200 } = options;
	const framesInFile = walkMpegAudio(await readFile(media)).frames.length;
	await stage.powerOn();
	tell('the box has booted and speaks to the headend');
	const installMs = await publishPlayer(stage, tell);
	const ends = await Ends.listen(stage, tell);
	const { Session: id = '' } = await stage.operator.operate(
		`${session}Open()`,
		{ Kind: 'media', Url: stage.mediaUrl },
		{ isSync: true },
	);
	tell(`session ${id} is open`);
	const steps = [
		{ at: better.from, text: 'Wi-Fi appears', run: () => stage.better.up() },
		{ at: better.to, text: 'Wi-Fi goes again', run: () => stage.better.down() },
	];
	for (;;) {
		const sample = await stage.sample();
		show(sample);
		const played = sample.sessions.find((one) => one.id === id)?.account?.played ?? 0;
		const due = steps[0];
		if (due !== undefined && played >= due.at * framesInFile) {
			steps.shift();
			tell(due.text);
			await due.run();
		}
		if (ends.reason(id) !== undefined) break;
		await ends.nextOr(lookMs);
	}
	tell(`session ${id} has ended: ${ends.reason(id)}`);
	const sample = await stage.sample();
	show(sample);
	return reportOf({ media, framesInFile, sample, session: id, expectedHandoffs: 2, installMs });
}

/** The thrifty player is pushed; the rich one is only signed: the box fetches it when it needs it. */
async function publishPlayer(stage: Stage, tell: (text: string) => void): Promise<Record<string, number>> {
	const modules = await buildModule({ directory: playerSource });
	const took = Math.max(...modules.map(({ tookMs }) => tookMs));
	tell(`player built in ${took.toFixed(0)} ms`);
	for (const module of modules) await sign(stage, module);
	const thrifty = modules.find(({ name }) => name === 'player-thrifty');
	if (thrifty === undefined) throw new Error('the player has no thrifty persona');
	const startedAt = performance.now();
	await stage.operator.operate('Device.SoftwareModules.InstallDU()', {
		URL: `tuf:${moduleTarget(thrifty.manifest).path}`,
	});
	const ms = performance.now() - startedAt;
	tell(`${thrifty.name} ${thrifty.version} came over MQTT, was verified and runs: ${ms.toFixed(0)} ms`);
	return { [thrifty.name]: ms };
}

async function sign(stage: Stage, { bytes, manifest }: BuiltModule): Promise<void> {
	await stage.headend.repository.addTarget({ ...moduleTarget(manifest), bytes });
}

/** What the box tells of its sessions, by itself. */
class Ends {
	readonly #ended = new Map<string, string>();
	#wake: () => void = () => undefined;

	static async listen({ operator }: Stage, tell: (text: string) => void): Promise<Ends> {
		const ends = new Ends();
		await operator.subscribe(`${session}SessionEnded!`, ({ args }) => {
			ends.#ended.set(args['Session'] ?? '', args['Reason'] ?? '');
			ends.#wake();
		});
		await operator.subscribe(`${session}HandoffComplete!`, ({ args }: Told) => {
			const { From, To, Committed, Reason, PrepareMs, TransferMs, CommitMs } = args;
			const phases = `prepare ${PrepareMs} ms, transfer ${TransferMs} ms, commit ${CommitMs} ms`;
			tell(
				Committed === 'true'
					? `handed over ${From} -> ${To}: ${phases}`
					: `no handoff ${From} -> ${To}: ${Reason}`,
			);
		});
		return ends;
	}

	reason(id: string): string | undefined {
		return this.#ended.get(id);
	}

	/** Resolves when a session ends, or after `ms`. */
	async nextOr(ms: number): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#wake = resolve;
		const timer = setTimeout(resolve, ms);
		await promise;
		clearTimeout(timer);
	}
}
