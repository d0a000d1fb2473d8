/** A skill: instructions that a model reads when it needs them. A folder with a `SKILL.md`, or one Markdown file. */
export interface Skill {
  /** 1 to 64 of `a-z`, `0-9` and `-`: what the model asks for. */
  readonly name: string;
  /** When it is of use, at most 1,024 characters. */
  readonly description: string;
  readonly instructions: string;
  /** The folder that names within the instructions are relative to. */
  readonly directory: string;
}

/** Why a file that looks like a skill is none. */
export interface RefusedSkill {
  readonly file: string;
  readonly reason: string;
}
