/** The file systems of removable media that are plugged in, as a port. */

/** A mounted file system (TR-140: LogicalVolume). */
export interface Volume {
	/** Another one each time something is plugged in. */
	readonly id: string;
	/** As a person would call it: the name of its folder or its partition. */
	readonly name: string;
	readonly folder: string;
}

export interface VolumesWatch {
	/** Resolves when nothing is mounted any more that was mounted here. */
	close(): Promise<void>;
}

export interface Volumes {
	/**
	 * All that can be read now; the next call waits for the one before.
	 *
	 * @param trouble told of each one that cannot be read, once
	 */
	list(trouble: (error: Error) => void): Promise<readonly Volume[]>;
	/** Calls when something was plugged in or out, and at times when nothing was: list then. */
	watch(onChange: () => void): VolumesWatch;
}

/** More are not looked at. */
export const mostVolumes = 8;
