import shell from './shell.json' with { type: 'json' };
import imports from './imports.json' with { type: 'json' };
import ui from './ui.json' with { type: 'json' };
import setup from './setup.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import users from './users.json' with { type: 'json' };
import profile from './profile.json' with { type: 'json' };
import list from './list.json' with { type: 'json' };
import people from './people.json' with { type: 'json' };
import person from './person.json' with { type: 'json' };
import builder from './builder.json' with { type: 'json' };
import groupEdit from './groupEdit.json' with { type: 'json' };
import groups from './groups.json' with { type: 'json' };
import campaigns from './campaigns.json' with { type: 'json' };
import outbox from './outbox.json' with { type: 'json' };
import pushes from './pushes.json' with { type: 'json' };
import composer from './composer.json' with { type: 'json' };

export const en = { ...shell, ...imports, ...ui, ...setup, ...settings, ...users, ...profile, ...list, ...people, ...person, ...builder, ...groupEdit, ...groups, ...pushes, ...campaigns, ...outbox, ...composer };
