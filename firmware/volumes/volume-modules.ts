/**
 * Modules that come on removable media: what the operator has signed and the box allows is installed from a volume
 * that is plugged in, and runs for as long as it is.
 *
 * A volume holds a copy of the signed repository, or of a part of it. Nothing of it is believed but what verifies.
 */
import { codeOf } from '../../runtime/error.ts';
import { compareVersions } from '../../runtime/module/module-version.ts';
import type { Digest } from '../../runtime/module/store-digest.ts';
import type { Unit } from '../../runtime/module/store-index.ts';
import type { Target } from '../update/target-view.ts';
import type { Trust } from '../update/trust.ts';
import { VolumeError } from './volume-error.ts';
import { VolumeReader } from './volume-reader.ts';
import { mostVolumes, type Volume, type Volumes, type VolumesWatch } from './volumes.ts';

export interface VolumeModulesEvents {
	plugged(volume: Volume): void;
	unplugged(volume: Volume): void;
	/** Who may run now may not be who might before. */
	changed(): void;
	/** A module is on the box that was not, or in another version. */
	installed(module: string, version: string, volume: Volume): void;
	/** Something an operator would want to know. */
	trouble(error: Error, volume?: Volume): void;
}

export interface VolumeModulesOptions {
	readonly volumes: Volumes;
	readonly trust: Pick<Trust, 'refresh' | 'find'>;
	/** Whether a module of this name may come from a volume. */
	readonly mayInstall: (name: string) => boolean;
	/** What is installed under this name. */
	readonly unitOf: (name: string) => Unit | undefined;
	/** Has the box have this target, in place of the unit if there is one. */
	readonly install: (wanted: {
		readonly target: Target;
		readonly url: string;
		readonly before: Unit | undefined;
		readonly reader: VolumeReader;
		readonly signal: AbortSignal;
	}) => Promise<void>;
	readonly on: VolumeModulesEvents;
}

/** Of the URLs of modules that came from a volume. */
const scheme = 'volume:';

interface Mounted {
	readonly volume: Volume;
	/** Of the modules on it that may run. */
	readonly digests: Set<Digest>;
	/** A copy of a repository was on it: one that is only being written may be later. */
	hasCopy: boolean;
	/** Not all that may come from it could be had. */
	isTroubled: boolean;
}

export class VolumeModules {
	readonly #options: VolumeModulesOptions;
	#mounted = new Map<string, Mounted>();
	#watch: VolumesWatch | undefined;
	#looking: Promise<void> = Promise.resolve();
	#isCrowded = false;
	readonly #closing = new AbortController();

	constructor(options: VolumeModulesOptions) {
		this.#options = options;
	}

	start(): void {
		this.#watch = this.#options.volumes.watch(() => this.#lookSoon());
		this.#lookSoon();
	}

	async close(): Promise<void> {
		this.#closing.abort(new DOMException('the box is closed', 'AbortError'));
		await this.#looking;
		await this.#watch?.close();
	}

	/** Why no VM of what is installed under its name may run for now. */
	standstill(unit: Pick<Unit, 'url' | 'digest'> | undefined): string | undefined {
		if (unit?.url?.startsWith(scheme) !== true) return undefined;
		for (const { digests } of this.#mounted.values()) if (digests.has(unit.digest)) return undefined;
		return 'the volume that it came on is not plugged in';
	}

	/** The repository can be reached again: what could not be verified or had before is tried once more. */
	askAgain(): void {
		const troubled = [...this.#mounted.values()].filter(({ isTroubled }) => isTroubled);
		if (troubled.length === 0) return;
		const again = async (): Promise<void> => {
			// Where that fails, what the volume says is all that there is.
			await this.#options.trust.refresh(this.#closing.signal).catch(() => undefined);
			for (const mounted of troubled) if (this.#mounted.has(mounted.volume.id)) await this.#take(mounted);
		};
		this.#looking = this.#looking.then(again);
	}

	#lookSoon(): void {
		this.#looking = this.#looking.then(() => this.#look());
	}

	/** Never rejects. */
	async #look(): Promise<void> {
		const { volumes, on } = this.#options;
		if (this.#closing.signal.aborted) return;
		try {
			const found = await volumes.list(on.trouble);
			this.#sayCrowded(found.length > mostVolumes);
			const present = new Map(found.slice(0, mostVolumes).map((volume) => [volume.id, volume]));
			const gone = [...this.#mounted.values()].filter(({ volume }) => !present.has(volume.id));
			for (const { volume } of gone) this.#mounted.delete(volume.id);
			if (gone.some(({ digests }) => digests.size > 0)) on.changed();
			for (const { volume } of gone) on.unplugged(volume);
			for (const volume of present.values())
				if (!this.#mounted.has(volume.id)) {
					this.#mounted.set(volume.id, { volume, digests: new Set(), hasCopy: false, isTroubled: false });
					on.plugged(volume);
				}
			for (const mounted of this.#mounted.values())
				if (!mounted.hasCopy && !mounted.isTroubled) await this.#take(mounted);
		} catch (error) {
			on.trouble(error as Error);
		}
	}

	async #take(mounted: Mounted): Promise<void> {
		const { volume } = mounted;
		const reader = new VolumeReader(volume.folder);
		mounted.isTroubled = false;
		try {
			for (const versions of (await this.#offered(mounted, reader)).values())
				await this.#provide(versions, { mounted, reader });
		} catch (error) {
			this.#trouble(error as Error, mounted);
		}
	}

	/** By name, what it has of each module that may come from it, the newest last. */
	async #offered(mounted: Mounted, reader: VolumeReader): Promise<Map<string, Target[]>> {
		const { trust, mayInstall } = this.#options;
		const offered = new Map<string, Target[]>();
		// What people have on their sticks is none of ours.
		mounted.hasCopy =
			(await reader.read({ path: 'metadata/timestamp.json', offset: 0, length: 1 })) !== undefined;
		if (!mounted.hasCopy) return offered;
		const refused = await trust.refresh(this.#closing.signal, reader).then(
			() => undefined,
			(error: Error) => error,
		);
		for (const target of this.#signed(refused)) {
			const isThere = await reader.has(target).catch((error: Error) => this.#trouble(error, mounted));
			if (isThere === true) offered.set(nameOf(target), [...(offered.get(nameOf(target)) ?? []), target]);
		}
		// What the box has heard since it was written is newer, and counts.
		if (refused !== undefined && codeOf(refused) !== 'metadata-rollback') this.#trouble(refused, mounted);
		const denied = [...offered.keys()].filter((name) => !mayInstall(name));
		for (const name of denied) offered.delete(name);
		if (denied.length > 0)
			this.#trouble(
				new VolumeError('volume-denied', `no rule of the box allows ${denied.join(', ')} from a volume`),
				mounted,
			);
		return offered;
	}

	/** All modules that the operator has signed, as far as the box knows. @param refused why the volume did not tell it more */
	#signed(refused: Error | undefined): Target[] {
		try {
			return this.#options.trust
				.find(({ name, version }) => isText(name) && isText(version))
				.toSorted((a, b) => compareVersions(versionOf(a), versionOf(b)));
		} catch (error) {
			throw refused ?? error;
		}
	}

	/** Never rejects. @param versions of one module, on this volume */
	async #provide(
		versions: readonly Target[],
		{ mounted, reader }: { mounted: Mounted; reader: VolumeReader },
	): Promise<void> {
		const { unitOf, install, on } = this.#options;
		const { signal } = this.#closing;
		const newest = versions.at(-1);
		if (newest === undefined) return;
		const { digests, volume } = mounted;
		const name = nameOf(newest);
		const before = unitOf(name);
		// What the operator has installed himself is as he wants it.
		if (before !== undefined && before.url?.startsWith(scheme) !== true) return;
		const isNewer = (unit: Unit): boolean =>
			unit.digest !== newest.sha256 && compareVersions(versionOf(newest), unit.version) > 0;
		if (before === undefined || isNewer(before)) {
			digests.add(newest.sha256);
			try {
				await install({ target: newest, url: `${scheme}${newest.path}`, before, reader, signal });
				on.installed(name, versionOf(newest), volume);
				return;
			} catch (error) {
				digests.delete(newest.sha256);
				this.#trouble(error as Error, mounted);
			}
		}
		const same = versions.find(({ sha256 }) => sha256 === unitOf(name)?.digest);
		if (same === undefined) return;
		try {
			// A file of the same name and length may be anything.
			await reader.fetch({ target: same, signal }, async () => digests.add(same.sha256));
			on.changed();
		} catch (error) {
			this.#trouble(error as Error, mounted);
		}
	}

	#trouble(error: Error, mounted: Mounted): void {
		if (this.#closing.signal.aborted) return;
		mounted.isTroubled = true;
		this.#options.on.trouble(error, mounted.volume);
	}

	#sayCrowded(isCrowded: boolean): void {
		if (isCrowded && !this.#isCrowded)
			this.#options.on.trouble(
				new VolumeError('too-many-volumes', `only the first ${mostVolumes} volumes are used`),
			);
		this.#isCrowded = isCrowded;
	}
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const nameOf = ({ custom }: Target): string => String(custom['name']);
const versionOf = ({ custom }: Target): string => String(custom['version']);
