var showControllersOnly = false;
$(document).ready(function() {
    var data = {"OkPercent": 99.0, "KoPercent": 1.0};
    createTable($("#apdexTable"), {"supportsControllersDiscrimination": true, "overall": {"data": [0.975, 500, 1500, "Total"], "isController": false}, "titles": ["Apdex", "T (Toleration threshold)", "F (Frustration threshold)", "Label"], "items": [{"data": [0.99, 500, 1500, "List"], "isController": false}]}, function(index, item){
        return item;
    });
    createTable($("#statisticsTable"), {"supportsControllersDiscrimination": true, "overall": {"data": ["Total", 800, 5, 0.625, 231.5, 41, 1903, 198.0, 402.1, 511.9, 1204.7, 39.81, 120.4, 7.2], "isController": false}, "titles": ["Label", "#Samples", "FAIL", "Error %", "Average", "Min", "Max", "Median", "90th pct", "95th pct", "99th pct", "Transactions/s", "Received", "Sent"], "items": [{"data": ["List trips", 500, 0, 0.0, 180.2, 41, 912, 160.0, 301.0, 388.5, 604.2, 24.9, 90.1, 4.1], "isController": false}, {"data": ["Book trip", 300, 5, 1.6666666666666667, 317.0, 88, 1903, 280.0, 533.3, 702.0, 1610.9, 15.02, 30.3, 3.1], "isController": false}]}, function(index, item){
        return item;
    }, [[0, 0]], 0, summaryTableHeader);
    createTable($("#errorsTable"), {"supportsControllersDiscrimination": false, "titles": ["Type of error", "Number of errors", "% in errors", "% in all samples"], "items": [{"data": ["503/Service Unavailable", 5, 100.0, 0.625], "isController": false}]}, function(index, item){
        return item;
    }, [[1, 1]]);
});
