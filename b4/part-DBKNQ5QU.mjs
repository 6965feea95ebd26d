import{createRequire as $r}from'node:module';const require=$r(import.meta.url);process.noDeprecation=true;
import{openDirectory}from"./part-LQKL2B3L.mjs";import"./part-RUM5RXP2.mjs";import"./part-5UU3L4VB.mjs";import"./part-FVD5IDHV.mjs";import"./part-OXDJ6IJD.mjs";import"./part-Z3NKLBS7.mjs";export{openDirectory};
