// A name that holds one of these is taken for a secret's. Better one too many: what is missed can be passed on by name.
const secret = /KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|(?:^|_)(?:PASS|PWD|PAT|AUTH|DSN)$/i;

/** Names under which a shell takes code or settings for itself from its environment. */
const shellCode = /^(?:BASH_FUNC_.*|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND)$/;

/** What commands may see of a host's environment. */
export interface EnvironmentChoice {
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly passEnvironment: readonly string[] | undefined;
}

/**
 * The environment of a command: the one that the host names, whole, or else the host's own without what looks like a secret, and without
 * code for the shell.
 */
export const commandEnvironment = ({ environment, passEnvironment = [] }: EnvironmentChoice): NodeJS.ProcessEnv => {
  if (environment !== undefined) return environment;
  const passed = Object.entries(process.env).filter(
    ([name]) => passEnvironment.includes(name) || !(secret.test(name) || shellCode.test(name)),
  );
  return Object.fromEntries(passed);
};
