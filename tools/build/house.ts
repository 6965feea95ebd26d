/** Where the parts of the repository are that a build reads. */
import { resolve } from 'node:path';

export const repositoryFolder = resolve(import.meta.dirname, '../..');

export const sdkFolder = resolve(repositoryFolder, 'modules/sdk/assembly');
/** Library files that take the place of AssemblyScript's own. */
export const collectorFolder = resolve(sdkFolder, 'collector');
export const busFolder = resolve(repositoryFolder, 'proto/bus');
export const servicesWit = resolve(repositoryFolder, 'proto/wit/service.wit');
export const toolchainFolder = import.meta.dirname;
export const packagesFolder = resolve(repositoryFolder, 'node_modules');
/** The settings of the AssemblyScript compiler that every guest is built with. */
export const compilerSettings = resolve(repositoryFolder, 'asconfig.json');
