/** Those whose name or folder has each of the words, whatever their case. */
interface Named {
  name: string;
  folder_id: string;
}

export function findTemplates<T extends Named>(all: readonly T[], q: string, folderOf: (id: string) => string): T[] {
  const words = q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = `${one.name} ${folderOf(one.folder_id)}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
