/** The tests of boxes by what they need, the cheapest first: `npm run hil -- --tier NAME`. */

export interface Tier {
	/** What a test of it proves. */
	readonly about: string;
	readonly files: readonly string[];
	/** Run by the tests' own configuration; default that of images on boards. */
	readonly isPlain?: boolean;
	/** Where it does more than the same tests do among all. */
	readonly environment?: Readonly<Record<string, string>>;
}

const long = 'tools/hil/image/long';
const system = 'tools/hil/image/system';

export const tiers: Readonly<Record<string, Tier>> = {
	files: {
		about: 'boot state, updater, journals and modules on files, in modelled power cuts and killed processes',
		files: ['firmware/slots/*.test.ts', 'tools/hil/*.test.ts', 'tools/hil/box/power-cut-*.test.ts'],
		isPlain: true,
	},
	bundle: {
		about: "the firmware as one file under the box's own Node, without a board",
		files: [`${system}/arm64-bundle.test.ts`],
	},
	saved: {
		about: 'a running box, brought back to one moment for each test',
		files: [`${long}/running-box.test.ts`],
	},
	chain: { about: 'the whole way from the boot loader to the cloud', files: [`${system}/*.test.ts`] },
	replay: {
		about: 'every state that a power cut can leave of what was written in an update and in installs',
		files: [`${system}/update.test.ts`, `${long}/power-cut-*.test.ts`],
	},
	soak: {
		about: 'a box whose power is cut again and again: MULLION_KILLS times, default 200',
		files: [`${long}/kill-soak.test.ts`],
		environment: { MULLION_KILLS: '200' },
	},
	fleet: { about: 'ten boxes of one image and one operator', files: [`${long}/fleet.test.ts`] },
	labgrid: { about: "somebody else's bench with an image of ours", files: [`${long}/labgrid.test.ts`] },
};

/** What its tests are run with: what was said by whoever runs them goes before what the tier has by itself. */
export function environmentOf(tier: Tier | undefined, said: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...tier?.environment, ...said };
}
