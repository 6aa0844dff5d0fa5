import path from 'node:path';

/** What a job runs. Paths are absolute, except those that end in `File`: they are below the folder of the project. */
export interface Job {
  readonly name: string;
  readonly description: string;
  readonly project: string;
  readonly node: string;
  readonly program: string;
  readonly scriptFile: string;
  readonly inputFile: string;
  /** Of the script with its modules, for `--approved`. */
  readonly hash: string;
  /** The variables with credentials of the integrations that the workflow calls. */
  readonly variables: readonly { readonly name: string; readonly isSecret: boolean }[];
}

export type JobKind = 'cron' | 'systemd' | 'github';

/** What a job needs: its files by path below the project, and the steps that start it. */
export interface JobPlan {
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly string[];
  /** Whether the user's own approval is used, and not a hash in the job. */
  readonly needsApproval: boolean;
}

/** Writes the files of a job that runs a workflow each night at 02:00. */
export const JOBS: Readonly<Record<JobKind, (job: Job) => JobPlan>> = { cron, systemd, github };

function cron({ name, description, project, node, program, scriptFile, inputFile }: Job): JobPlan {
  const file = `workflows/${name}.cron`;
  const words = [node, program, 'run', scriptFile, '--quiet', '--input', `@${inputFile}`].map(shellWord).join(' ');
  // A percent sign ends the command of a crontab, unless it has a backslash.
  const command = `cd ${shellWord(project)} && ${words} > ${shellWord(`workflows/${name}.last-run.txt`)}`.replaceAll('%', String.raw`\%`);
  const text = `# ${description}\n# Each night at 02:00. cron mails what is printed on stderr: a run that succeeds prints nothing there.\n0 2 * * * ${command}\n`;
  return { files: { [file]: text }, steps: [`(crontab -l; cat ${shellWord(file)}) 2>/dev/null | crontab -`], needsApproval: true };
}

function systemd({ name, description, project, node, program, scriptFile, inputFile }: Job): JobPlan {
  const unit = `kosmo-${name}`;
  const words = [node, program, 'run', scriptFile, '--quiet', '--input', `@${inputFile}`].map(systemdWord).join(' ');
  const service = `[Unit]
Description=${unitText(description)}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=${unitText(project)}
ExecStart=${words}
TimeoutStopSec=90
`;
  const timer = `[Unit]
Description=${unitText(description)}

[Timer]
OnCalendar=*-*-* 02:00
Persistent=true

[Install]
WantedBy=timers.target
`;
  const files = { [`workflows/${unit}.service`]: service, [`workflows/${unit}.timer`]: timer };
  const paths = Object.keys(files).map((file) => shellWord(path.join(project, file)));
  return {
    files,
    steps: [`systemctl --user link ${paths.join(' ')} && systemctl --user enable --now ${unit}.timer && loginctl enable-linger`],
    needsApproval: true,
  };
}

function github({ name, description, scriptFile, inputFile, hash, variables }: Job): JobPlan {
  const secret = `${name.toUpperCase()}_INPUT`;
  const rows = variables.map(
    ({ name: variable, isSecret }) => `          ${variable}: \${{ ${isSecret ? 'secrets' : 'vars'}.${variable} }}\n`,
  );
  const text = `# ${description}
# The hash is the approval: a changed script or module does not run. kosmo workflows:approve ${scriptFile} --print shows the new hash.
name: ${name}
on:
  schedule:
    - cron: '0 2 * * *'
  workflow_dispatch:
permissions:
  contents: read
concurrency: ${name}
jobs:
  ${name}:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: printf %s "$INPUT" | npx --no kosmo run ${scriptFile} --input @- --approved ${hash}
        env:
          INPUT: \${{ secrets.${secret} }}
${rows.join('')}`;
  return {
    files: { [`.github/workflows/${name}.yml`]: text },
    steps: [
      `gh secret set ${secret} < ${shellWord(inputFile)}`,
      ...variables.map(({ name: variable, isSecret }) => `gh ${isSecret ? 'secret' : 'variable'} set ${variable}`),
    ],
    needsApproval: false,
  };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function systemdWord(text: string): string {
  const escaped = unitText(text).replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function unitText(text: string): string {
  return text.replaceAll('%', '%%');
}
