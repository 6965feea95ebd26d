/** Which commands there are. Each is loaded when it is run, so that help and errors come at once. */
import type { Command } from './command.ts';

export interface CommandEntry {
	readonly name: string;
	readonly summary: string;
	readonly load: () => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
	{
		name: 'start',
		summary: 'Starts a headend and a box here, and plays over two networks',
		load: async () => (await import('./start.ts')).start,
	},
	{
		name: 'headend',
		summary: "Starts the operator's side alone, for a box that was flashed",
		load: async () => (await import('./headend.ts')).headend,
	},
	{
		name: 'new',
		summary: 'Makes the folder of a new module, ready to build',
		load: async () => (await import('./new.ts')).newModule,
	},
	{
		name: 'build',
		summary: 'Builds a module: AssemblyScript in, one component out',
		load: async () => (await import('./build.ts')).build,
	},
	{
		name: 'wrap',
		summary: 'Puts a manifest into a component that another toolchain built',
		load: async () => (await import('./wrap.ts')).wrap,
	},
	{
		name: 'push',
		summary: 'Signs modules into the repository and installs them on the box',
		load: async () => (await import('./push.ts')).push,
	},
	{
		name: 'remove',
		summary: 'Takes modules off the box',
		load: async () => (await import('./remove.ts')).remove,
	},
	{
		name: 'move',
		summary: 'Takes a VM to another cell of the box while it runs',
		load: async () => (await import('./move.ts')).move,
	},
	{
		name: 'export',
		summary: 'Puts signed modules on a USB stick, for boxes to start from it',
		load: async () => (await import('./export.ts')).exportModules,
	},
	{
		name: 'release',
		summary: 'Signs a firmware release into the repository',
		load: async () => (await import('./release.ts')).release,
	},
	{
		name: 'upgrade',
		summary: 'Has the box install a released firmware, and waits until it is found good',
		load: async () => (await import('./upgrade.ts')).upgrade,
	},
	{
		name: 'campaign',
		summary: 'Has many boxes install a released firmware',
		load: async () => (await import('./campaign.ts')).campaign,
	},
	{
		name: 'list',
		summary: 'Shows the modules on the box',
		load: async () => (await import('./list.ts')).list,
	},
	{
		name: 'devices',
		summary: 'Shows what is plugged into the box, and the modules that serve it',
		load: async () => (await import('./devices.ts')).devices,
	},
	{
		name: 'status',
		summary: 'Shows the box: its firmware, VMs, networks and sessions',
		load: async () => (await import('./status.ts')).status,
	},
	{
		name: 'top',
		summary: 'Shows the VMs as they work, the busiest first',
		load: async () => (await import('./top.ts')).top,
	},
	{
		name: 'logs',
		summary: 'Shows what the VMs write',
		load: async () => (await import('./logs.ts')).logs,
	},
	{
		name: 'trace',
		summary: 'Shows messages of chosen topics as they pass',
		load: async () => (await import('./trace.ts')).trace,
	},
	{
		name: 'crash',
		summary: 'Shows why VMs crashed, and at which line',
		load: async () => (await import('./crash.ts')).crash,
	},
	{
		name: 'boot-chart',
		summary: 'Draws how the last start of the box went',
		load: async () => (await import('./boot-chart.ts')).bootChartCommand,
	},
	{
		name: 'send',
		summary: 'Puts a message on the bus of the box',
		load: async () => (await import('./send.ts')).send,
	},
	{
		name: 'play',
		summary: 'Has the box play something, from a content server or recorded',
		load: async () => (await import('./play.ts')).play,
	},
	{
		name: 'record',
		summary: 'Records the turns of a VM on the box',
		load: async () => (await import('./record.ts')).record,
	},
	{
		name: 'replay',
		summary: 'Replays a recording against a build, and shows the first difference',
		load: async () => (await import('./replay.ts')).replay,
	},
	{
		name: 'certify',
		summary: 'Replays a module on every device profile and signs the result',
		load: async () => (await import('./certify.ts')).certify,
	},
];
