// node serve_fiori.js PORT FOLDER: the mock server of Fiori elements over the EDMX and JSON files of a folder.

const path = require('path')
const express = require('express')
const { default: FEMockserver } = require('@sap-ux/fe-mockserver-core')

const [port, folder] = process.argv.slice(2)
const services = ['API_SALES_ORDER_SRV', 'API_PRODUCT_SRV'].map((name) => ({
  urlPath: `/sap/opu/odata/sap/${name}`,
  metadataPath: path.join(folder, `${name}.xml`),
  mockdataPath: path.join(folder, name),
}))
const server = new FEMockserver({ services, annotations: [] })
server.isReady.then(() => {
  const app = express()
  app.use(server.getRouter())
  app.listen(Number(port), '127.0.0.1', () => console.log('ready'))
})
