// What SAP does with a new order, as far as the adapter looks: a number, statuses, amounts (100 a unit), rejections.

const cds = require('@sap/cds')

const PRODUCTS = [['MILK-32', 'PC', 'Молоко 3,2%'], ['CHEESE-W', 'KG', "Сыр 'весовой'"]]
let number = 5200000

cds.on('served', async ({ API_SALES_ORDER_SRV: orders, API_PRODUCT_SRV: goods }) => {
  for (const [Product, BaseUnit, ProductDescription] of PRODUCTS) {
    await goods.create('A_Product').entries({
      Product, BaseUnit, ProductType: 'HAWA', ProductGroup: 'L001', IsMarkedForDeletion: false, LastChangeDate: '2026-11-20',
      to_Description: [{ Language: 'RU', ProductDescription }],
      to_SalesDelivery: [{ ProductSalesOrg: '1010', ProductDistributionChnl: '10', IsMarkedForDeletion: false }],
      to_ProductUnitsOfMeasure: [
        { AlternativeUnit: BaseUnit, QuantityNumerator: 1, QuantityDenominator: 1 },
        { AlternativeUnit: 'CAR', QuantityNumerator: 12, QuantityDenominator: 1 },
      ],
    })
  }
  orders.prepend(() => orders.before('CREATE', 'A_SalesOrder', ({ data }) => {
    Object.assign(data, {
      SalesOrder: String(number++), CreationDate: new Date().toISOString().slice(0, 10), CreatedByUser: 'CC0000000001',
      OverallSDProcessStatus: 'A', OverallDeliveryStatus: 'A', OverallSDDocumentRejectionSts: 'A', TotalCreditCheckStatus: 'A',
    })
    for (const item of data.to_Item) {
      Object.assign(item, { HigherLevelItem: '0', SalesDocumentRjcnReason: '', NetAmount: Number(item.RequestedQuantity) * 100 })
    }
  }))
})
