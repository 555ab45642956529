import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Everything stands flat below /app/, where src/api/page/app.c serves it.
export default defineConfig({
  base: '/app/',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsDir: '',
    assetsInlineLimit: 0, // the content security policy takes no data: scripts
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // what the first page needs comes as one file: sixty small ones are longer, and change with every lazy page
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
});
