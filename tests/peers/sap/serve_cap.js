// node serve_cap.js PORT: CAP with the OData V2 adapter, on the loopback only.

const path = require('path')
process.chdir(path.join(__dirname, 'cap'))
const cds = require('@sap/cds')
cds.root = process.cwd()

;(async () => {
  await cds.plugins
  require('./cap/orders.js')
  cds.on('bootstrap', (app) => app.use(require('@cap-js-community/odata-v2-adapter').singleton()))
  const address = { host: '127.0.0.1', port: Number(process.argv[2]) }
  const server = await cds.server({ from: ['orders.cds'], in_memory: true, port: address })
  server.on('listening', async () => {
    await cds.emit('listening', { server, url: `http://127.0.0.1:${address.port}` })
    console.log('ready')
  })
})()
