// The fields of SAP's services that the adapter uses, as CAP checks them: names, types, lengths. Ours, not SAP's text.

@path: '/sap/opu/odata/sap/API_SALES_ORDER_SRV'
service API_SALES_ORDER_SRV {
  entity A_SalesOrder {
    key SalesOrder                    : String(10);
        SalesOrderType                : String(4);
        SalesOrganization             : String(4);
        DistributionChannel           : String(2);
        OrganizationDivision          : String(2);
        SoldToParty                   : String(10);
        PurchaseOrderByCustomer       : String(35) @assert.format: '^.{0,35}$';
        CustomerPurchaseOrderSuplmnt  : String(4);
        SalesOrderDate                : Date;
        RequestedDeliveryDate         : Date;
        CreationDate                  : Date;
        CreatedByUser                 : String(12);
        LastChangeDateTime            : Timestamp @cds.on.insert: $now  @cds.on.update: $now;
        TotalNetAmount                : Decimal(16, 3);
        OverallSDProcessStatus        : String(1);
        OverallDeliveryStatus         : String(1);
        TotalCreditCheckStatus        : String(1);
        OverallSDDocumentRejectionSts : String(1);
        to_Item                       : Composition of many A_SalesOrderItem
                                          on to_Item.SalesOrder = SalesOrder;
        to_Partner                    : Composition of many A_SalesOrderHeaderPartner
                                          on to_Partner.SalesOrder = SalesOrder;
        to_Text                       : Composition of many A_SalesOrderText
                                          on to_Text.SalesOrder = SalesOrder;
  }

  entity A_SalesOrderItem {
    key SalesOrder              : String(10);
    key SalesOrderItem          : String(6);
        HigherLevelItem         : String(6);
        Material                : String(40);
        RequestedQuantity       : Decimal(15, 3);
        RequestedQuantityUnit   : String(3);
        NetAmount               : Decimal(16, 3);
        TaxAmount               : Decimal(14, 3);
        ProductionPlant         : String(4);
        SalesDocumentRjcnReason : String(2);
        @odata.etag
        ChangedAt               : Timestamp @cds.on.insert: $now  @cds.on.update: $now;
  }

  entity A_SalesOrderHeaderPartner {
    key SalesOrder      : String(10);
    key PartnerFunction : String(2);
        Customer        : String(10);
  }

  entity A_SalesOrderText {
    key SalesOrder : String(10);
    key Language   : String(2);
    key LongTextID : String(4);
        LongText   : LargeString;
  }
}

@path: '/sap/opu/odata/sap/API_PRODUCT_SRV'
service API_PRODUCT_SRV {
  entity A_Product {
    key Product             : String(40);
        ProductType         : String(4);
        BaseUnit            : String(3);
        ProductGroup        : String(9);
        LastChangeDate      : Date;
        IsMarkedForDeletion : Boolean;
        to_Description      : Composition of many A_ProductDescription
                                on to_Description.Product = Product;
        to_SalesDelivery    : Composition of many A_ProductSalesDelivery
                                on to_SalesDelivery.Product = Product;
        to_ProductUnitsOfMeasure : Composition of many A_ProductUnitsOfMeasure
                                on to_ProductUnitsOfMeasure.Product = Product;
  }

  entity A_ProductDescription {
    key Product            : String(40);
    key Language           : String(2);
        ProductDescription : String(40);
  }

  entity A_ProductSalesDelivery {
    key Product                 : String(40);
    key ProductSalesOrg         : String(4);
    key ProductDistributionChnl : String(2);
        MinimumOrderQuantity    : Decimal(13, 3);
        DeliveryQuantity        : Decimal(13, 3);
        IsMarkedForDeletion     : Boolean;
  }

  entity A_ProductUnitsOfMeasure {
    key Product             : String(40);
    key AlternativeUnit     : String(3);
        QuantityNumerator   : Decimal(5, 0);
        QuantityDenominator : Decimal(5, 0);
  }
}
