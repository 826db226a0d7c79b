"""Sentences that people write into a review form, invented; Chinese first, then English."""

from __future__ import annotations

LONG_TEXTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "key_achievements": (
        (
            "完成华东区客户系统升级，上线后投诉下降18%。",
            "主导支付接口重构，平均响应时间由320ms降到110ms，全季度无重大故障。",
            "牵头新员工培训12场，覆盖96人，满意度4.7分。",
            "按期交付三个重点项目，为公司节约采购成本约46万元。",
            "建立日报自动汇总流程，每周节省人工8小时，并推广到运营部和市场部使用。",
            "续签大客户5家，季度回款率达到97.5%。",
            "完成仓库盘点差异治理，库存准确率提升至99.2%，周转天数缩短到28天。",
        ),
        (
            "Launched the partner portal two weeks early; 40 partners signed up.",
            "Cut the average reply time from 9 hours to 3 hours.",
            "Ran four webinars with 620 guests and won 35 new leads for the sales team.",
            "Closed the yearly audit with no open findings.",
            "Moved the help pages to one site and reduced tickets by 22%.",
        ),
    ),
    "improvements": (
        (
            "跨部门沟通需要更早同步风险。",
            "数据分析能力有待加强，计划学习SQL和可视化工具。",
            "会议较多，应当提前准备材料并控制时间在30分钟以内。",
            "对新人的辅导次数偏少，下季度每周安排一次。",
            "文档更新不够及时。",
            "预算执行偏差较大，需要按月复盘。",
        ),
        (
            "Share risks earlier with the other teams.",
            "Delegate more and keep meetings under 30 minutes.",
            "Write down decisions so that new colleagues can follow them.",
            "Plan the budget by month, not by quarter.",
        ),
    ),
    "next_goals": (
        (
            "完成移动端改版，日活提升15%。",
            "上线客户自助查询功能，人工咨询量减少三成；同时完成两名骨干的培养。",
            "将交付周期从20天缩短到14天。",
            "拓展华南市场，新增签约客户8家。",
            "通过信息安全认证复审，整改项全部关闭。",
            "建立岗位知识库，沉淀案例不少于30篇，每月组织一次分享。",
        ),
        (
            "Release version 3 in November and train 25 users.",
            "Raise the renewal rate to 92% and visit ten key clients.",
            "Publish a monthly report on campaign costs.",
            "Hire two designers and finish the brand guide.",
        ),
    ),
}
