/** Where the parts of the repository are that a build reads. */
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

export const sdkFolder = resolve(repository, 'modules/sdk/assembly');
/** Library files that take the place of AssemblyScript's own. */
export const collectorFolder = resolve(sdkFolder, 'collector');
export const busFolder = resolve(repository, 'proto/bus');
export const servicesWit = resolve(repository, 'proto/wit/service.wit');
export const toolchainFolder = import.meta.dirname;
export const packagesFolder = resolve(repository, 'node_modules');
/** The settings of the AssemblyScript compiler that every guest is built with. */
export const compilerSettings = resolve(repository, 'asconfig.json');
